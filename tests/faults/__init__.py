"""The campaign: every request of four kinds of run, every function, every state, times every fault (issues 5, 12, 13).

``make faults`` runs all of it, ``make faults CASE='saveAs/execute#1/reset-after'`` one case, and a beginning or a
pattern (``'prompted/*/stall'``, ``'nested'``) many, ``make faults SHARE=1/10`` a tenth of each class. ``make
test-all`` runs a slice (:mod:`tests.faults.test_slice`).

| module | what is in it |
|---|---|
| runs | the kinds of run, and what one of them does without faults |
| faults | the faults by name, family by family, and how each is armed |
| spread | the faults at one place |
| cases | which places are met |
| share | a part of all cases, spread over the classes |
| conditions | what the server leaves open about an order, and which places are met there |
| wire, lambdas, aws, states | the four places at which something can be made to happen |
| lab | one case from its start to its evidence |
| invariants | what must be true after every case |
| allowed | where nobody could know whether the table was loaded, or that something was left; each with its reason |
| queue | several runs on one connection, and a fault at each instant of their way through its queue |
| batch | a batch of a few items, and a fault at each instant of it |
| campaign | the runner and its table |
"""
