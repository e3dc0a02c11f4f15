"""One month as it goes: what everybody shows, may do, does and hears. The same record in both twins."""

from typing import NamedTuple

import numpy as np

from sim.base.arrays import Floats


class Month[Numbers](NamedTuple):
    """What a month's steps find, a number a seat (``top``: two in all, ``back_office``: one); lists or arrays.

    Each step fills its own part, and later steps read it. Until then last month's stands there, NaN in the first.

    - Step 1. shown: the position each person shows. read: the position that is read at each seat by those below: what
      its holder shows; at the director's x_T, what the top stands for; and what stands in the place of whoever is cut
      off. top: x_T again, as embedding reads it and as the renewal does; all three differ only where somebody is cut
      off in part.
    - Step 2. permitted: what each is free to do.
    - Step 3. back_office: mean shown position of the back office, 1 without one. willing: how far each is expected to
      work the new way. done: how far they do.
    - Step 4. voices: how much each counts when they speak. heard: commitment after listening.
    """

    shown: Numbers
    read: Numbers
    top: Numbers
    permitted: Numbers
    back_office: Numbers
    willing: Numbers
    done: Numbers
    voices: Numbers
    heard: Numbers


def blank(seats: int) -> Month[Floats]:
    """Room for the months of an organisation. Also compiles."""
    return Month(
        shown=np.full(seats, np.nan),
        read=np.full(seats, np.nan),
        top=np.full(2, np.nan),
        permitted=np.full(seats, np.nan),
        back_office=np.full(1, np.nan),
        willing=np.full(seats, np.nan),
        done=np.full(seats, np.nan),
        voices=np.full(seats, np.nan),
        heard=np.full(seats, np.nan),
    )
