"""How tests ask servers on loopback: past any proxy, without reading a store of certificates."""

import ssl
from typing import Any

# For httpx's functions and clients. Reading the certificates takes longer than most requests.
PLAIN: dict[str, Any] = {"trust_env": False, "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
