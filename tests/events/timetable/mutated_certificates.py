"""Wrong certificates of plans and answers without one; each returns whether it found something to change."""

import random

from tests.events.timetable.changing import Document, digest, one_of, swapped


def figure_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Write another figure."""
    figures = plan["certificate"]["figures"]
    name = rng.choice(sorted(figures))
    figures[name] += 1 if figures[name] == 0 else rng.choice([1, -1, 10])
    return True


def goal_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Write that another value was reached and proven in a goal, also among the figures."""
    level = one_of(rng, plan["certificate"]["goals"])
    if level:
        level["value"] += 1 if level["value"] == 0 else rng.choice([1, -1])
        level["bound"], level["status"] = level["value"], "optimal"
        plan["certificate"]["figures"][level["goal"]] = level["value"]
    return bool(level)


def bound_crossed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Prove that no plan is as good as this one."""
    levels = [level for level in plan["certificate"]["goals"] if level["goal"] != "value" or level["value"]]
    level = one_of(rng, levels)
    if level:
        level["bound"] = level["value"] + (-1 if level["goal"] == "value" else 1)
        level["status"] = rng.choice(["optimal", "feasible"])
    return bool(level)


def goal_status_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Call a goal optimal that is not proven, or feasible that is."""
    level = one_of(rng, plan["certificate"]["goals"])
    if level:
        level["status"] = "feasible" if level["status"] == "optimal" else "optimal"
    return bool(level)


def bound_forgotten(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Call a goal optimal without a bound."""
    level = one_of(rng, (level for level in plan["certificate"]["goals"] if level["status"] == "optimal"))
    if level:
        level["bound"] = None
    return bool(level)


def goal_dropped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a goal out."""
    goals = plan["certificate"]["goals"]
    return bool(goals) and bool(goals.pop(rng.randrange(len(goals))))


def goals_out_of_order(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Swap two goals."""
    return swapped(plan["certificate"]["goals"], rng, "goal")


def goal_renamed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Write another goal's name over what was reached."""
    goals = plan["certificate"]["goals"]
    pairs = [(one, other) for one in goals for other in goals if one["goal"] != other["goal"]]
    chosen = one_of(rng, pairs)
    if chosen:
        chosen[0]["goal"] = chosen[1]["goal"]
    return bool(chosen)


def digest_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Write the digest of another problem."""
    digits = "".join(rng.choice("0123456789abcdef") for _digit in range(64))
    plan["certificate"]["digest"] = f"sha256:{digits}"
    return True


def title_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Keep the digest of the problem with another title."""
    plan["certificate"]["digest"] = digest(problem | {"title": f"{problem['title']}!"})
    return True


def status_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Call the answer something else."""
    others = {"solved", "infeasible", "unknown"} - {plan["status"]}
    plan["status"] = rng.choice(sorted(others))
    return bool(plan["meetings"] or plan["parties"] or plan["conflict"])


def conflict_added(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name one demand more that is none: a request that is neither locked nor required."""
    locked = {placed["request"] for placed in problem["locked"]}
    names = [request["id"] for request in problem["requests"] if not request["required"]]
    name = one_of(rng, (name for name in names if name not in locked))
    if name:
        plan["conflict"].append({"kind": rng.choice(["locked", "required"]), "request": name})
    return bool(name)


def conflict_forgotten(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name no demand, or none but the limit of gaps."""
    if plan["status"] != "infeasible":
        return False
    plan["conflict"] = [{"kind": "gap_spread_limit"}] if rng.random() < 0.5 else []
    return True


def conflict_doubled(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name a demand twice."""
    demand = one_of(rng, plan["conflict"])
    if demand:
        plan["conflict"].append(dict(demand))
    return bool(demand)


def conflict_shortened(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a demand out of a conflict of which none can be left out."""
    if len(plan["conflict"]) < 2:
        return False
    plan["conflict"].pop(rng.randrange(len(plan["conflict"])))
    return True


def conflict_invented(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Say of a problem with a plan that one of its demands cannot be met."""
    demands = [{"kind": "locked", "request": placed["request"]} for placed in problem["locked"]]
    demands += [{"kind": "required", "request": one["id"]} for one in problem["requests"] if one["required"]]
    demand = one_of(rng, demands)
    if demand:
        plan |= {"status": "infeasible", "conflict": [demand]}
        plan |= {name: [] for name in ("meetings", "parties", "not_held", "moves")}
        figures = dict.fromkeys(plan["certificate"]["figures"], 0) | {"requests": len(problem["requests"])}
        plan["certificate"] |= {"goals": [], "figures": figures}
    return bool(demand)


def goal_without_plan(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let an answer without a plan have reached a goal."""
    level = {"goal": problem["goals"][0], "value": 0, "bound": 0, "status": "optimal", "seconds": 0}
    plan["certificate"]["goals"].append(level)
    return True


def reason_without_plan(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let an answer without a plan have a reason."""
    request = one_of(rng, problem["requests"])
    if request:
        plan["not_held"].append({"request": request["id"], "reason": "stopped_early"})
    return bool(request)
