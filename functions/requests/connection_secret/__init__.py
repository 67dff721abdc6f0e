"""A connection's secret as people write it, read into the fields that a login needs.

Consoles, editors and shells change what is pasted into them. What is obviously meant is accepted; the rest is refused
by the name of its field before anything is sent, because accounts lock after a few refused logins. No message has
anything of a value in it. ``text`` reads the secret's text, ``names`` its keys, every other module one kind of field.
"""
