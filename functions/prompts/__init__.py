"""From the answers that a person wrote to those that the REST API takes (API.md 7).

``plan`` puts it together; ``matching`` says which answer is for which prompt; ``values``, ``picks``, ``expressions``
and ``levels`` shape and check the answers of one type of prompt each; ``finding`` and ``subjects`` turn names into ids;
``question`` describes what is still open, and ``words`` puts it into words.
"""
