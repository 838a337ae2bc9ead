"""The rules of good telephone service, one small class each: what to notice, and when.

A rule is made with (call, config), is told `begin(frame)` when a call starts, and its
`judge(frame)` runs when its meter (rule.py) has found something while the call is in one of its
STATES. It reads the frame and `call.talk`, and speaks through `call.emit`; it allocates nothing.
`Call` lists the rules in the order in which they run. Rules about the ear and the knock after a
call run in every frame instead, calls or not.
A new rule is a file here and a line there: its event has its code in events.py, its limits in
config.py and its light and text in signals.py already.
"""
