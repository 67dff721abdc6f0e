"""Generated parts of the documents: tables from the schemas, the command line and the template (``make docs``)."""
