"""Parts: a few hundred documents a file and dataset, for runs of many thousands (``--parts``)."""
