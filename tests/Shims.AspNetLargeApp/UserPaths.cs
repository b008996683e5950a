using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace Shims.AspNetLargeApp;

/// <summary>What is kept for a user from one request to the next: session, login, form token.</summary>
internal static class UserPaths
{
    internal static void Map(WebApplication app)
    {
        app.MapGet("/session/{word}", (HttpContext context, string word) =>
        {
            string words = $"{context.Session.GetString("words")}{word} ";
            context.Session.SetString("words", words);
            return words;
        });
        app.MapPost("/login", async (HttpContext context) =>
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, form["name"].ToString())], CookieAuthenticationDefaults.AuthenticationScheme);
            await context.SignInAsync(new ClaimsPrincipal(identity));
            return Results.LocalRedirect("/private");
        });
        app.MapPost("/logout", static async (HttpContext context) => { await context.SignOutAsync(); return Results.LocalRedirect("/"); });
        app.MapGet("/private", static (ClaimsPrincipal user) => $"for {user.Identity?.Name} alone").RequireAuthorization();
        app.MapGet("/token", static (HttpContext context, IAntiforgery antiforgery) => Results.Text(
            $"""<input name="__RequestVerificationToken" type="hidden" value="{antiforgery.GetAndStoreTokens(context).RequestToken}" />"""));
        app.MapPost("/token", static ([FromForm] string word) => $"taken: {word}");
    }
}
