using System.Text.Json;
using System.Text.Json.Serialization;
using Shims.Control.Recipes;
using Shims.Control.Terminal;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary><c>shimctl config --recipe list</c>: the recipes, each in a line.</summary>
internal static class RecipeList
{
    internal static int Write(bool isJson)
    {
        RecipeEntry[] entries = [.. RecipeCatalog.All.Select(static recipe => new RecipeEntry(recipe.Name, recipe.Title, recipe.About))];
        if (isJson)
            Console.WriteLine(JsonSerializer.Serialize(entries, RecipeJson.Default.RecipeEntryArray));
        else
        {
            int width = entries.Max(static entry => entry.Name.Length);
            foreach (RecipeEntry entry in entries)
                Console.WriteLine($"{TerminalStyle.Output.Bold(entry.Name.PadRight(width))}  {entry.Title}: {entry.About}");
        }
        return (int)ExitCode.Served;
    }
}

/// <summary>A line of the list.</summary>
internal sealed record RecipeEntry(string Name, string Title, string About);

/// <summary>The list as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecipeEntry[]))]
internal sealed partial class RecipeJson : JsonSerializerContext;
