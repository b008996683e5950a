using Shims.Control.Servers;
using Shims.Gateway.Connections;

namespace Shims.Control.Recipes;

/// <summary>Writes the options of a recipe into the command line, which then is read like any other.</summary>
internal static class RecipeArguments
{
    /// <summary>The name of the option.</summary>
    internal const string Option = "--recipe";

    /// <summary>The value that shows the recipes instead of using one.</summary>
    internal const string List = "list";

    /// <summary>The value by which the command line takes an option of the recipe away.</summary>
    internal const string None = "none";

    /// <summary>Options of which only one is given.</summary>
    private static readonly string[] s_targets = ["--script", "--dir", "--app"];

    /// <summary>Options that may be given several times: an own value replaces the recipe's with the same name.</summary>
    private static readonly string[] s_several = ["--env", "--allow-env", "--interpreter", "--alias", "--deny", "--writable"];

    /// <summary>Adds what the recipe says and the command line does not.</summary>
    /// <param name="args">The command line. Without a recipe that exists it stays as it is.</param>
    /// <exception cref="InvalidDataException">The recipe is a file with a mistake.</exception>
    internal static string[] Expand(string[] args)
    {
        if (args is not ["config", ..] || ValuesOf(args, Option) is not [var name, ..] || RecipeCatalog.Find(name) is not { } recipe)
            return args;
        string url = "/" + (ValuesOf(args, "--url") is [var given, ..] ? given : recipe["url"]!).Trim('/');
        Dictionary<string, string> values = Variables([.. recipe.Options.Where(static option => option.Name == "env")
            .Select(static option => option.Value), .. ValuesOf(args, "--env")]);
        values["libexec"] = KnownPrograms.Folder;
        var added = new List<string>();
        foreach (RecipeOption option in recipe.Options)
        {
            string word = "--" + option.Name, value = Recipe.At(url, values.Aggregate(option.Value, static (text, filled) =>
                text.Replace($"{{{filled.Key}}}", filled.Value, StringComparison.Ordinal)));
            if (!IsGiven(args, word, value))
                added.AddRange(value.Length > 0 ? [word, value] : [word]);
        }
        string[] own = [.. args.Where((word, index) => !IsTakenAway(recipe, args, word, index))];
        string web = ValuesOf(args, "--web") is [var server, ..] ? server : recipe["web"] ?? "nginx";
        // mod_proxy_scgi takes no upload of unknown length, such as a large push of git.
        string protocol = web == "apache" || ServerKinds.OfWord(web)?.Spoken.Contains(Protocols.Scgi) == false ? "fastcgi" : "scgi";
        foreach ((string word, string value) in new[] { ("--web", web), ("--super", "systemd"), ("--protocol", protocol) })
        {
            if (ValuesOf([.. own, .. added], word).Length == 0)
                added.AddRange([word, value]);
        }
        if (recipe.NeedsLogin && ValuesOf([.. own, .. added], "--user-auth").Length == 0)
        {
            throw new InvalidDataException($"{recipe.Title} lets everyone change what it keeps, and asks for no password itself: "
                + "leave --user-auth none out");
        }
        return [.. own, .. added];
    }

    private static bool IsGiven(string[] args, string word, string value)
    {
        if (s_targets.Contains(word))
            return s_targets.Any(target => ValuesOf(args, target).Length > 0);
        if (word == "--wait" && args.Contains("--nowait"))
            return true;
        string[] values = ValuesOf(args, word);
        return values.Contains(None)
            || (s_several.Contains(word) ? values.Any(given => given.Split('=')[0] == value.Split('=')[0])
                : values.Length > 0 || args.Contains(word));
    }

    /// <summary>True for an option of the recipe with the value none, and for that value.</summary>
    private static bool IsTakenAway(Recipe recipe, string[] args, string word, int index) =>
        recipe.Options.Any(option => word == $"--{option.Name}={None}"
            || (word == "--" + option.Name && index + 1 < args.Length && args[index + 1] == None)
            || (word == None && index > 0 && args[index - 1] == "--" + option.Name));

    /// <summary>The variables of the environment by their names; of two with one name the later one counts.</summary>
    private static Dictionary<string, string> Variables(IReadOnlyList<string> settings)
    {
        var values = new Dictionary<string, string>();
        foreach (string setting in settings)
        {
            if (setting.Split('=', 2) is [var name, var value])
                values[name] = value;
        }
        return values;
    }

    /// <summary>The values of an option, in any of the forms that the command line takes.</summary>
    private static string[] ValuesOf(string[] args, string word) =>
    [
        .. args.Index().Where(item => item.Index > 0 && args[item.Index - 1] == word).Select(static item => item.Item),
        .. args.Where(argument => argument.StartsWith(word, StringComparison.Ordinal) && argument.Length > word.Length
            && argument[word.Length] is '=' or ':').Select(argument => argument[(word.Length + 1)..]),
    ];
}
