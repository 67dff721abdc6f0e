"""A Library as a source that commands read from and leave as it was: its connection, a session, an instance.

``connection`` and ``secrets_manager`` find the server and who logs in, ``sessions`` opens and ``instance`` lists the
choices of a datamart's prompts; whatever was opened is gone afterwards, also after an error or Ctrl-C.
"""
