"""The tables of a system page as data: the seven standard ones and those of the other sections."""
