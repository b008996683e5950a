using Microsoft.EntityFrameworkCore;

namespace Shims.AspNetLargeApp.Notes;

/// <summary>Notes in a file of SQLite.</summary>
public sealed class NotesDatabase(DbContextOptions<NotesDatabase> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();
}
