namespace Shims.ReadmeTests;

/// <summary>shimctl(1) against <c>--help</c> of every command.</summary>
public sealed class ControlManualTests
{
    /// <summary>The commands that the page describes, and none: what all of them share.</summary>
    public static TheoryData<string> CommandsAndNone => ["", .. ControlManual.Commands];

    public static TheoryData<string> Commands => [.. ControlManual.Commands];

    [Fact]
    public async Task Both_have_the_same_commands() => Assert.Equal((await ControlHelp.OfAsync("")).Commands.Order(), ControlManual.Commands.Order());

    [Theory, MemberData(nameof(CommandsAndNone))]
    public async Task Both_say_the_same_of_every_option(string command)
    {
        IReadOnlyDictionary<string, ControlOption> help = (await ControlHelp.OfAsync(command)).Options, manual = ControlManual.Of(command).Options;
        Assert.Contains("--help", help.Keys);
        // What every command has is described once.
        IEnumerable<string> expected = help.Values.Where(option => command.Length == 0 || option.Name != "--help").Select(option => option.ToString());
        Assert.Equal(expected.Order(StringComparer.Ordinal), manual.Values.Select(option => option.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Commands))]
    public async Task Both_say_the_same_of_the_arguments(string command)
    {
        ControlHelp help = await ControlHelp.OfAsync(command);
        ControlManual manual = ControlManual.Of(command);
        Assert.Equal(help.Usage, manual.Usage);
        Assert.Equal(help.ArgumentDefaults, manual.ArgumentDefaults);
    }
}
