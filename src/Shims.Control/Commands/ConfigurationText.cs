using Shims.Control.Servers.Writing;
using Shims.Control.Terminal;

namespace Shims.Control.Commands;

/// <summary>The pieces of a configuration on a terminal, each with its place and what has to be done before and after.</summary>
internal static class ConfigurationText
{
    internal static void Write(IReadOnlyList<ConfigurationSnippet> pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            ConfigurationSnippet piece = pieces[i];
            Console.WriteLine($"{(i > 0 ? "\n" : "")}{TerminalStyle.Output.Bold($"# ({i + 1}) {piece.Place}")}");
            if (piece.First.Length > 0)
                Console.WriteLine(TerminalStyle.Output.Faint($"# First:  {piece.First}"));
            if (piece.Then.Length > 0)
                Console.WriteLine(TerminalStyle.Output.Faint($"# Then:   {piece.Then}"));
            Console.Write("\n" + piece.Text);
        }
    }
}
