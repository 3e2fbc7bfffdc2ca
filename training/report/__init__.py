"""What people read: NAME_report.html, the page to open first, and two texts."""
