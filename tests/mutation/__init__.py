"""The mutation run: every small change of the modules that decide must fail a test, or be listed with the reason.

``make mutants`` changes one expression at a time and runs the tests that are responsible for its module, two at once;
``make mutants CASE=conclusion`` those of the modules, functions or expressions that have the text in their names.

| module | what is in it |
|---|---|
| targets | the modules that decide, and the tests that are responsible for each |
| mutants | the changes: which expressions are changed, and into what |
| workers | one change, judged in a process of its own |
| survivors | what no test needs to notice, each with its reason |
| run | the command and its table |
"""
