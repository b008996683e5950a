using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace Shims.AspNetLargeApp;

/// <summary>What is kept for a user from one request to the next: session and form token.</summary>
internal static class UserPaths
{
    internal static void Map(WebApplication app)
    {
        app.MapGet("/session/{word}", static (HttpContext context, string word) =>
        {
            string words = $"{context.Session.GetString("words")}{word} ";
            context.Session.SetString("words", words);
            return words;
        });
        app.MapGet("/token", static (HttpContext context, IAntiforgery antiforgery) => Results.Text(
            $"""<input name="__RequestVerificationToken" type="hidden" value="{antiforgery.GetAndStoreTokens(context).RequestToken}" />"""));
        app.MapPost("/token", static ([FromForm] string word) => $"taken: {word}");
    }
}
