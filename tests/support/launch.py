"""Becomes another program, as another user if asked, that ends when its parent does.

Run as `python launch.py USER_ID COMMAND…`; a user id of -1 stays who it is.
"""

import ctypes
import os
import shutil
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Replace this process by the command, keeping its process id."""
    user_id, command = int(sys.argv[1]), sys.argv[2:]
    program = shutil.which(command[0])
    if program is None:
        sys.exit(f"{command[0]} is not there.")
    if user_id >= 0:
        os.setgroups([])
        os.setgid(user_id)
        os.setuid(user_id)
    # So a test run that is killed leaves nothing behind. Changing the user would clear it.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(program, command)


if __name__ == "__main__":
    main()
