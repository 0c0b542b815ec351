"""Evidence and computed facts -> how much each condition and option shifts: grades, decay, dependence."""
