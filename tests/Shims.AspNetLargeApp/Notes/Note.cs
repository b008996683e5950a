using System.ComponentModel.DataAnnotations;

namespace Shims.AspNetLargeApp.Notes;

/// <summary>A row of the table, and the JSON of a request and a response.</summary>
public sealed class Note
{
    [Key, Required, StringLength(36)]
    public string Name { get; set; } = "";

    [Required, StringLength(200)]
    public string Text { get; set; } = "";
}
