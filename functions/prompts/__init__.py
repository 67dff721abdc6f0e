"""From the answers that a person wrote to those that the REST API takes (API.md 7).

``plan`` is the entry: ``matching`` finds the answer for each prompt, ``types`` converts and checks it, ``lookup`` turns
names into IDs. ``describe`` makes questions of open prompts, ``rendering`` puts one into words, ``reply`` checks what
people answer.
"""
