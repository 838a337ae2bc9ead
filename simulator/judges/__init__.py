"""What the contract calls for beyond a call's course: one small judge for each group of events.

Each has `judge(call)`: it looks at call.truth and says with call.say() what must come, and with
call.may() what may come, as where the truth lies too near to a limit to be sure.
Called by: expected.py.
"""
