using Shims.Control.Recipes;
using Shims.Testing;

namespace Shims.ControlTests.Recipes;

/// <summary>The program of each recipe, as the distribution ships it, does behind a gateway what it does under Apache's mod_cgid.</summary>
public sealed class RecipePackageTests
{
    /// <summary>Those whose packages scripts/install-prerequisites installs.</summary>
    private static readonly string[] s_always = ["awstats", "dokuwiki", "flask", "git", "gitweb"];

    /// <summary>Each over one of the protocols, which a web server's half of a recipe does not differ by; over both in `make test-long`.</summary>
    public static TheoryData<string, string> Always
    {
        get
        {
            string[] protocols = ["scgi", "fastcgi"];
            return new(s_always.SelectMany((name, i) => TestExtent.IsLong ? protocols : [protocols[i % 2]], (name, protocol) => (name, protocol)));
        }
    }

    public static TheoryData<string> Others => [.. RecipeCatalog.Names.Except(s_always)];

    [Theory, MemberData(nameof(Always)), Trait("fault", "D6")]
    public Task A_program_with_a_recipe_has_the_same_pages_as_under_mod_cgid(string recipe, string protocol) =>
        CompareAsync(recipe, protocol);

    [Theory, MemberData(nameof(Others)), Trait(TestExtent.Trait, TestExtent.Whole)]
    public Task A_program_that_is_installed_for_the_test_has_the_same_pages_as_under_mod_cgid(string recipe) =>
        CompareAsync(recipe, "scgi");

    private static async Task CompareAsync(string name, string protocol)
    {
        Requires.Tools("unshare", "nsenter", "nginx", "inetd", "apache2", "openssl");
        Requires.Place(await RecipeMachine.IsPossibleAsync(), "root, and the right to mount, for a machine of the recipe's own");
        await using RecipeRun run = await RecipeRun.StartAsync(RecipeCatalog.Find(name)!, protocol);
        await run.CheckAsync();
    }
}
