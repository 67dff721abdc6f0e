"""A connection's secret as people write it, read into the fields that a login needs.

Consoles, editors and shells change what is pasted into them. Obvious cases are accepted; anything else is rejected, by
the name of its field, before a login is sent: accounts lock after a few refused logins. No message contains any part
of a value. ``text`` reads the secret's text, ``names`` its keys, ``fields`` lists the fields, every other module reads
one kind of field.
"""
