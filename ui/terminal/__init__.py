"""The terminal program: `counterpoint` and its commands."""
