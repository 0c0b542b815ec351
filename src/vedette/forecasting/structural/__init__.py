"""Base rates from structure: a penalised logit on directed dyad-years, with memory of past disputes."""
