using System.Globalization;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Checking;

/// <summary>/etc/services: names of ports.</summary>
internal static class ServicePorts
{
    /// <summary>The port that a name or a number means.</summary>
    /// <returns>Null if the name is not in the file.</returns>
    internal static int? Find(string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number is > 0 and < 65536 ? number : null;
        foreach (string line in ConfigurationFile.ReadLines("/etc/services"))
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words.Where((_, index) => index != 1).Contains(name)
                && words[1].EndsWith("/tcp", StringComparison.Ordinal))
                return int.Parse(words[1].AsSpan(0, words[1].Length - 4), CultureInfo.InvariantCulture);
        }
        return null;
    }
}
