"""A batch of a few items, and a fault at each instant of it (issue 13).

A case's place begins with a letter: N is the batch, S the sweep, A to E are its items: ``A.end_run:UpdateItem#2`` is
the second UpdateItem of the function that ends the run of item A, however often that is invoked. In scenes where no
fault lasts each invocation is counted for itself: ``S.sweep#3:Scan#1`` is the first of the third sweep.

| module | what is in it |
|---|---|
| scenes | which items a batch has, which are loaded, and what is lost or stopped in every case |
| watch | whose function it is |
| faults | the faults by name, and how each is armed |
| cases | which places are met by which faults |
| lab | one case from its start to its evidence |
| invariants | what must be true after every case |
"""
