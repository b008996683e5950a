using Shims.Control.Recipes;
using Shims.Testing;

namespace Shims.ControlTests.Recipes;

/// <summary>docs/recipes/ has the page of each recipe as it is now; UPDATE_RECIPES=1 writes them.</summary>
public sealed class RecipePageTests
{
    public static TheoryData<string> Names => [.. RecipeCatalog.Names];

    [Theory, MemberData(nameof(Names))]
    public void The_page_of_a_recipe_is_the_one_that_make_recipes_writes(string name) =>
        AssertIs($"docs/recipes/{name}.md", RecipePage.Of(RecipeCatalog.Find(name)!));

    [Fact]
    public void The_list_of_recipes_is_the_one_that_make_recipes_writes() => AssertIs("docs/recipes/README.md", RecipePage.List());

    [Fact]
    public void Each_page_belongs_to_a_recipe() =>
        Assert.Equal(RecipeCatalog.Names, Directory.EnumerateFiles(Repository.PathTo("docs/recipes"), "*.md")
            .Select(path => Path.GetFileNameWithoutExtension(path)).Except(["README"]).Order(StringComparer.Ordinal));

    private static void AssertIs(string path, string text)
    {
        path = Repository.PathTo(path);
        if (Environment.GetEnvironmentVariable("UPDATE_RECIPES") == "1")
            File.WriteAllText(path, text);
        Assert.True(File.Exists(path), $"{path} is missing: run make recipes");
        Assert.True(File.ReadAllText(path) == text, $"{path} is not of this recipe: run make recipes");
    }
}
