"""Chores of the whole house: everything into one archive, back again, and looked through."""
