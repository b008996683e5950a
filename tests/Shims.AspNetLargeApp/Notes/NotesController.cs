using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Shims.AspNetLargeApp.Notes;

/// <summary>The notes as an API.</summary>
[ApiController, Route("api/notes")]
public sealed class NotesController(NotesDatabase notes) : ControllerBase
{
    [HttpGet("{name}")]
    public async Task<ActionResult<Note>> Find(string name) => await notes.Notes.FindAsync(name) is { } note ? note : NotFound();

    [HttpGet("{name}/text")]
    public async Task<IActionResult> Download(string name) =>
        await notes.Notes.FindAsync(name) is { } note ? File(Encoding.UTF8.GetBytes(note.Text), "text/plain", $"{note.Name}.txt", enableRangeProcessing: true) : NotFound();

    [HttpPost]
    public async Task<IActionResult> Add(Note note)
    {
        notes.Notes.Add(note);
        await notes.SaveChangesAsync();
        return CreatedAtAction(nameof(Find), new { name = note.Name }, note);
    }

    [HttpDelete("{name}")]
    public async Task<IActionResult> Remove(string name) => await notes.Notes.Where(note => note.Name == name).ExecuteDeleteAsync() == 1 ? NoContent() : NotFound();

    [HttpPost("upload")]
    public async Task<string> Upload(IFormFile file, [FromForm] string title)
    {
        using var reader = new StreamReader(file.OpenReadStream());
        return $"{title}: {file.FileName}, {(await reader.ReadToEndAsync()).Length} characters";
    }

    [HttpGet("broken")]
    public IActionResult Break() => throw new InvalidOperationException("on purpose");
}
