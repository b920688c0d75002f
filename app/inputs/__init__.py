"""A model's schema turned into a form, and the form's text into inputs; pure, no I/O."""
