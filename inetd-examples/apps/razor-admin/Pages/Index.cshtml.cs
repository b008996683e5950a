using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace RazorAdmin.Pages;

/// <summary>The list of links, and the form for one.</summary>
public sealed class IndexModel(Links links) : PageModel
{
    public IReadOnlyList<(string Name, string Target)> All { get; private set; } = [];

    [BindProperty, Required, RegularExpression("[a-z0-9-]{1,40}")]
    public string Name { get; set; } = "";

    [BindProperty, Required, Url]
    public string Target { get; set; } = "";

    public void OnGet() => All = links.All();

    public IActionResult OnPost()
    {
        if (!ModelState.IsValid)
        {
            OnGet();
            return Page();
        }
        links.Set(Name, Target);
        return RedirectToPage();
    }

    public IActionResult OnPostRemove([FromQuery] string name)
    {
        links.Remove(name);
        return RedirectToPage();
    }
}
