using System.Collections.Concurrent;

namespace Shims.Control.Recipes;

/// <summary>The recipes that are inside the program: all files of docs/recipes/.</summary>
internal static class RecipeCatalog
{
    /// <summary>In front of a recipe's name in that of its resource.</summary>
    private const string Prefix = "recipes/";

    /// <summary>Their names, in order.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(RecipeCatalog).Assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(static name => name[Prefix.Length..]).Order(StringComparer.Ordinal),
    ];

    /// <summary>Those that have been read. A command looks one up several times; a file may be a pipe, which can be read once.</summary>
    private static readonly ConcurrentDictionary<string, Recipe> s_read = [];

    /// <summary>All of them, in the order of their names.</summary>
    internal static IEnumerable<Recipe> All => Names.Select(static name => s_read.GetOrAdd(name, Read));

    /// <summary>A recipe by its name, or one in a file, whose path has a slash.</summary>
    /// <returns>Null if there is no recipe of that name.</returns>
    /// <exception cref="InvalidDataException">The file is not a recipe.</exception>
    internal static Recipe? Find(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(name)
                ? s_read.GetOrAdd(name, static path => RecipeReader.Read(Path.GetFileNameWithoutExtension(path), BeginningOf(path))) : null;
        }
        return Names.Contains(name) ? s_read.GetOrAdd(name, Read) : null;
    }

    /// <summary>As much as a recipe may have, and a character more.</summary>
    private static string BeginningOf(string path)
    {
        using var reader = new StreamReader(path);
        var text = new char[RecipeReader.LargestFile + 1];
        return new string(text, 0, reader.ReadBlock(text));
    }

    /// <summary>The recipe of a program, for a command line that names the program itself.</summary>
    /// <param name="script">The path of the program.</param>
    internal static Recipe? OfScript(string script) =>
        All.FirstOrDefault(recipe => recipe["script"] == script);

    private static Recipe Read(string name)
    {
        using Stream stream = typeof(RecipeCatalog).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return RecipeReader.Read(name, reader.ReadToEnd());
    }
}
