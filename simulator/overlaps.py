"""Who interrupted whom: the contract's rule over true spurts.

    of(agent, customer)   spurts in ms -> {"interruptions": [[start_ms, ms, by], ...],
                                           "backchannels": [...]}

`by` is who began while the other had been speaking for at least HEARD_MS; ms is how long both then
went on together: TOGETHER_MS or more is an interruption, less a back-channel.
Called by: truth.py; the bench, with other limits. Ref: contract, section 3.
"""

HEARD_MS = 500
TOGETHER_MS = 500


def of(agent, customer, heard_ms=HEARD_MS, together_ms=TOGETHER_MS):
    found = {"interruptions": [], "backchannels": []}
    for by, own, other in (("AGENT", agent, customer), ("CUSTOMER", customer, agent)):
        for start, end in own:
            for first, last in other:
                if first + heard_ms <= start < last:
                    ms = min(end, last) - start
                    kind = "interruptions" if ms >= together_ms else "backchannels"
                    found[kind].append([start, ms, by])
    return {kind: sorted(rows) for kind, rows in found.items()}
