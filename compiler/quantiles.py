"""Makes ``sim/model/quantiles.npz``: the quantiles of the roles' distributions of values, as scipy has them here.

python -m uv run --group dev python compiler/quantiles.py

Needed after a change to ``values`` of a role in ``sim/scenario/parameters.py``.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.special import betaincinv

sys.path.insert(0, str(Path(__file__).parent.parent))

from sim.model.parameters import QUANTILES, STEPS
from sim.scenario.parameters import Parameters, RoleTraits
from sim.scenario.roles import Role


def main() -> None:
    """Make them."""
    roles = Parameters().roles
    distributions = sorted({tuple(traits.values) for traits in (RoleTraits(), *(roles.of(role) for role in Role))})
    at = np.linspace(0.0, 1.0, STEPS + 1)
    np.savez_compressed(QUANTILES, **{f"{a!r} {b!r}": betaincinv(a, b, at) for a, b in distributions})
    print(f"{len(distributions)} distributions")


if __name__ == "__main__":
    main()
