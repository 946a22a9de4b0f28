"""Chat platforms: each renders our views and translates what people do; none decides."""
