namespace Shims.AspNetTests.Large;

/// <summary>The tests that share the sites.</summary>
[CollectionDefinition(Name)]
public sealed class LargeSitesTests : ICollectionFixture<LargeSites>
{
    internal const string Name = "the large app";
}
