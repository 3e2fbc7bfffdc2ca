"""What people read: NAME_report.html, the page that they open first, and the two texts."""
