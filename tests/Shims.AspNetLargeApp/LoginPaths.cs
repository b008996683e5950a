using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Shims.AspNetLargeApp;

/// <summary>Cookie authentication.</summary>
internal static class LoginPaths
{
    internal static void Map(WebApplication app)
    {
        app.MapPost("/login", static async (HttpContext context) =>
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, form["name"].ToString())], "Cookies");
            await context.SignInAsync(new ClaimsPrincipal(identity));
            return Results.LocalRedirect("/private");
        });
        app.MapPost("/logout", static async (HttpContext context) =>
        {
            await context.SignOutAsync();
            return Results.LocalRedirect("/");
        });
        app.MapGet("/private", static (HttpContext context) => $"for {context.User.Identity?.Name} alone").RequireAuthorization();
    }
}
