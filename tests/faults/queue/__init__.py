"""Several runs on one connection, and a fault that meets one of them on its way through the queue (issue 12).

A case's place begins with a run's letter, in the order of the starts: ``B.wait_in_queue:UpdateItem#2`` is the second
UpdateItem of B's function wait_in_queue. P is the person who pauses and resumes.

| module | what is in it |
|---|---|
| scenes | which runs start, and how many slots there are |
| watch | who calls what, and what happens before, after or instead of it |
| old_runs | runs of the release at commit 300f2ce, which today's functions end |
| faults | the faults by name, and how each is armed |
| cases | which places are met by which faults |
| lab | one case from its start to its evidence |
| invariants | what must be true after every case |
"""
