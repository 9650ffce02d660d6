"""Flyers that come as PDF: their first page as a picture, their text as a draft for those who do not see it."""
