"""The playground: forms for RunComfy's models, paid runs followed to their end, results kept."""
