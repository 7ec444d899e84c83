"""The best timetable for the meetings that both sides chose, with a proof of how good it is; imports no Django.

`problem` and `plan` say what goes in and comes out, `documents` reads and writes both as JSON, `solve` plans, `check`
examines a plan without trusting the planner, `repair` adapts a published plan to what happens. docs/timetable.md
explains it to organisers and to operations researchers.
"""
