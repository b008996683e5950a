using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Shims.AspNetLargeApp.Pages;

/// <summary>A form that answers with a redirect, and greets once.</summary>
public sealed class GuestbookModel : PageModel
{
    [BindProperty, Required(ErrorMessage = "Who are you?")]
    public string? Name { get; set; }

    public IActionResult OnPost()
    {
        if (!ModelState.IsValid)
            return Page();
        TempData["message"] = $"Hello {Name}";
        return RedirectToPage();
    }
}
