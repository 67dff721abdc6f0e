"""Read access of the commands to a Library server, with clean-up: connection, session, instance.

``connection`` and ``secrets_manager`` find the server and who logs in, ``sessions`` opens and ``instance`` lists the
choices of a datamart's prompts; everything that was opened is closed afterwards, also after an error or Ctrl-C.
"""
