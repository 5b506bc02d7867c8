"""Pages that show a run beside its sources, and take verdicts: ``yusuan review``."""
