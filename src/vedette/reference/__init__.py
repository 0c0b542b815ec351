"""Small tables the team wrote: states and their codes with validity dates, organisations, ontologies, grades."""
