"""What every use case is given: clock, ids, signed links, languages, measures, keys."""
